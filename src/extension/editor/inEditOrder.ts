import type { EditOrder } from '../document/EditOrder';

/** A handler of a request of a page. */
type Handler = (params: never, signal: AbortSignal) => unknown;

/**
 * Handlers of requests that see the captions as the page did when it asked: each waits until all that was typed before
 * has been taken in.
 * @param holding names of requests that edit captions: what is typed after them waits until they are done
 */
export function inEditOrder<Handlers extends { readonly [K in keyof Handlers]: Handler }>(
  order: EditOrder,
  handlers: Handlers,
  holding: readonly (keyof Handlers)[] = [],
): Handlers {
  const ordered: Partial<Handlers> = {};
  for (const name of Object.keys(handlers) as (keyof Handlers)[]) {
    const handler: Handler = handlers[name];
    const waiting: Handler = holding.includes(name)
      ? (params, signal) => order.run(() => handler(params, signal))
      : (params, signal) => (order.isIdle ? handler(params, signal) : order.idle().then(() => handler(params, signal)));
    ordered[name] = waiting as Handlers[typeof name];
  }
  return ordered as Handlers;
}
