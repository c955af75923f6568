/**
 * Events for a page that may not be loaded yet. An event that comes too early waits until the page asks for it; from
 * then on events of that name are posted at once. A later event replaces a waiting one of the same name.
 *
 * @typeParam Events payloads by name
 * @typeParam Names of the events that are deferred
 */
export class DeferredEvents<Events, Names extends keyof Events> {
  private readonly waiting = new Map<Names, Events[Names]>();
  /** names that the page has asked for: it listens to these */
  private readonly listening = new Set<Names>();

  /** @param post sends an event to the page */
  constructor(private readonly post: <K extends Names>(name: K, payload: Events[K]) => void) {}

  /** Posts an event now if the page listens, else when it asks. */
  send<K extends Names>(name: K, payload: Events[K]): void {
    if (this.listening.has(name)) this.post(name, payload);
    else this.waiting.set(name, payload);
  }

  /** Answers a page that asks for a waiting event; each event is handed out once. */
  collect<K extends Names>(name: K): Events[K] | undefined {
    const payload = this.waiting.get(name);
    this.waiting.delete(name);
    this.listening.add(name);
    return payload as Events[K] | undefined;
  }

  /** The page is gone or was created again: it asks again when it is ready. */
  pageGone(): void {
    this.listening.clear();
  }
}
