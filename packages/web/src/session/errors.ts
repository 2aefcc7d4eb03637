/** Somebody has to sign in first: a site answers it with the way to its sign-in. */
export class SignInNeededError extends Error {
  override readonly name = 'SignInNeededError';
  /** True for somebody who was signed in until now. */
  readonly ended: boolean;

  constructor({ ended }: { ended: boolean }) {
    super(ended ? 'the session has ended' : 'nobody is signed in');
    this.ended = ended;
  }
}
