import type { Binary } from 'mongodb';

/** The collection of {@link StoredProfile}. */
export const profileCollection = 'authors';

/** What is shown of a user beside what that user wrote. */
export interface Profile {
  id: string;
  name: string;
  profilePicUrl?: string;
}

/** The blog service's own copy of a profile, as MongoDB holds it. */
export interface StoredProfile {
  /** The user's id, in the form that blogs have it in. */
  _id: Binary;
  name: string;
  profilePicUrl?: string;
  /** When the event happened that told it; 1970 when it was asked for, so that any event counts more. */
  updatedAt: Date;
}
