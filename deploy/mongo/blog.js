// Run once, by the image of MongoDB, when the volume is empty: blog's own user, who may use its database and no other.
const password = require('node:fs').readFileSync(process.env.BLOG_PASSWORD_FILE, 'utf8').trim();
db.getSiblingDB('blog').createUser({
  user: 'blog',
  pwd: password,
  roles: [{ role: 'readWrite', db: 'blog' }],
});
