/** A question as a caller has it. */
export interface Question {
  token: string;
}

/** Who holds a token. */
export interface Holder {
  id: string;
  name: string;
  email: string;
  roles: string[];
  profilePicUrl: string;
  verified: boolean;
  expiresAt: string;
}

export const question: Question;
export const tokenLength: { minimum: number; maximum: number };
export function holder(): Holder;
export const patienceMs: number;
