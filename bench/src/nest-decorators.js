// Decorators applied as the plain functions that they are, so that Nest's code runs without a compiler. What the compiler
// would emit beside them, the types of parameters, is given by hand.
import 'reflect-metadata';

/** Decorates a class. */
export function decorateClass(target, ...decorators) {
  for (const decorate of decorators) decorate(target);
  return target;
}

/** Decorates a property of a class that is to be validated. */
export function decorateProperty(target, name, ...decorators) {
  for (const decorate of decorators) decorate(target.prototype, name);
}

/** Decorates a method whose parameters have these types, each with a decorator of its own. */
export function decorateMethod(target, name, parameters, ...decorators) {
  const { prototype } = target;
  Reflect.defineMetadata(
    'design:paramtypes',
    parameters.map(({ type }) => type),
    prototype,
    name,
  );
  for (const [index, { decorator }] of parameters.entries()) decorator(prototype, name, index);
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
  for (const decorate of decorators) decorate(prototype, name, descriptor);
}
