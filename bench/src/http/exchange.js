// What is asked and answered over HTTP by every variant: GET reads a profile by its id, POST takes a new one. Bodies are about
// 250 bytes of JSON; answers come in tsmicro's envelope.
import { randomUUID } from 'node:crypto';

/** What a good POST sends. */
export const registration = {
  name: 'Grace Hopper',
  email: 'grace.hopper@example.test',
  password: 'a bug in relay seventy, panel F',
  profilePicUrl: 'https://images.example.test/portraits/grace-hopper.png',
  bio: 'Wrote the first compiler, and found that nobody believed that it could be written.',
};

/** How long its texts may be. */
export const lengths = {
  name: { minimum: 1, maximum: 100 },
  password: { minimum: 8, maximum: 72 },
  bio: { minimum: 0, maximum: 500 },
};

/** The profile that is read. */
export const profileOf = (id) => ({
  id,
  name: registration.name,
  email: registration.email,
  profilePicUrl: registration.profilePicUrl,
  bio: registration.bio,
  followers: 1_906,
  verified: true,
});

/** The profile that comes of a registration. */
export const register = ({ name, email, profilePicUrl, bio }) => ({
  id: randomUUID(),
  name,
  email,
  profilePicUrl,
  bio,
  followers: 0,
  verified: false,
});

/** A success, as tsmicro answers it. */
export const enveloped = (data) => ({ code: '10000', status: 200, message: 'success', data });

export const paths = { profile: '/profiles/0f8fad5b-d9cb-469f-a165-70867728950e', profiles: '/profiles' };
