/** A rare stone as it is stored. */
export interface RareStone {
  id: string;
  name: string;
  createdAt: Date;
}

/** What a new one is made of. */
export type NewRareStone = Omit<RareStone, 'id' | 'createdAt'>;

/** The wanted part of a list; pages count from 1. */
export interface Page {
  page: number;
  limit: number;
}
