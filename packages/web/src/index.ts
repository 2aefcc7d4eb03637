export type { Api, ApiAnswer, ApiQuery } from './api.ts';
export { Assets, openAssets } from './assets.ts';
export { failurePage } from './failure-page.ts';
export { type FieldOptions, faultSummary, field } from './field.ts';
export { Form } from './form.ts';
export {
  type Attempt,
  attempt,
  type FieldLabels,
  FormFaults,
  type KnownFailure,
  noFaults,
} from './form-faults.ts';
export { GatewayClient, type GatewayOptions } from './gateway-client.ts';
export { breakable, Html, html, type Part, trusted } from './html.ts';
export { ownPath } from './own-path.ts';
export { type Answer, Fragment, fragment, type Page, Redirect, redirect } from './page.ts';
export { Person, Profile, SignedIn } from './person.ts';
export { SignInNeededError } from './session/errors.ts';
export { openSessions, Sessions, type SessionsOptions } from './session/sessions.ts';
export {
  Site,
  type SiteOptions,
  type UnrecognisedHandler,
  type ViewHandler,
  type VisitHandler,
} from './site.ts';
export type { SiteRouter } from './site-router.ts';
export type { Push } from './stream.ts';
export type { Visit } from './visit.ts';
export { failureWords } from './words.ts';
