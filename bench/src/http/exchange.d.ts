/** What a POST sends. */
export interface Registration {
  name: string;
  email: string;
  password: string;
  profilePicUrl: string;
  bio: string;
}

/** What both requests are answered with. */
export interface Profile {
  id: string;
  name: string;
  email: string;
  profilePicUrl: string;
  bio: string;
  followers: number;
  verified: boolean;
}

interface Length {
  minimum: number;
  maximum: number;
}

export const registration: Registration;
export const lengths: { name: Length; password: Length; bio: Length };
export function profileOf(id: string): Profile;
export function register(registration: Registration): Profile;
export function enveloped<T>(data: T): { code: string; status: number; message: string; data: T };
export const paths: { profile: string; profiles: string };
