export {
  BlogNamed,
  BlogShown,
  blogDeleted,
  blogEvents,
  blogPublished,
  blogSubmitted,
  blogUnpublished,
  CommentNamed,
  commentCreated,
  commentDeleted,
  commentHidden,
} from './event.ts';
