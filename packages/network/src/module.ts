import type { Controller } from './controller.ts';
import type { AuthenticationProvider, AuthorizationProvider, RootMiddleware } from './guard.ts';

/** The composition root of a service: everything is created here, the router only asks for what it mounts. */
export interface Module<Instance, C extends Controller = Controller> {
  /** What the service needs to reach by name, such as its services for a start-up job. */
  getInstance(): Instance;
  controllers(): readonly C[];
  rootMiddlewares(): readonly RootMiddleware[];
  /** Left out by a service that knows no users. */
  authenticationProvider?(): AuthenticationProvider;
  authorizationProvider?(): AuthorizationProvider;
}
