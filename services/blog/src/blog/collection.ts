/** Where the blogs are in MongoDB. */
export const blogCollection = 'blogs';

/** The fields that lists show; lists never load the texts. */
export const itemProjection = { title: 1, description: 1, slug: 1, imgUrl: 1, score: 1, tags: 1 } as const;

/**
 * One index for each kind of query. The names are the driver's defaults, so that those which gomicro has made
 * already count as these.
 */
export const blogIndexes = [
  { key: { slug: 1 }, unique: true },
  { key: { title: 'text', description: 'text' }, weights: { title: 3, description: 1 } },
  { key: { published: 1, status: 1, publishedAt: -1, score: -1 } },
  { key: { tags: 1, published: 1, status: 1, publishedAt: -1, score: -1 } },
  { key: { tags: 1, _id: 1 } },
  { key: { submitted: 1, status: 1, updatedAt: -1 } },
  { key: { author: 1, status: 1, drafted: 1, updatedAt: -1 } },
  { key: { author: 1, status: 1, submitted: 1, updatedAt: -1 } },
  { key: { author: 1, status: 1, published: 1, updatedAt: -1 } },
  { key: { author: 1, published: 1, status: 1, publishedAt: -1, score: -1 } },
] as const;
