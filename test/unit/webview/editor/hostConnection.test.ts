import assert from 'node:assert/strict';
import { Channel, type Port } from '../../../../src/protocol/channel/Channel';
import type {
  GridEvents,
  GridSnapshot,
  HostRequests,
  PageStart,
  WebviewEvents,
} from '../../../../src/protocol/page/gridProtocol';
import { HostConnection } from '../../../../src/webview/editor/HostConnection';

interface Message {
  type: string;
  id: number;
  method?: string;
  name?: string;
}

const where = { path: 'a.png' };

/**
 * A connection to a host that answers `save` and `ready` and fails at `locate`; the versions and problems that the page
 * showed.
 */
function connection(): {
  host: HostConnection;
  sent: Message[];
  versions: number[];
  problems: (string | undefined)[];
  open: () => void;
} {
  const versions: number[] = [];
  const problems: (string | undefined)[] = [];
  const sent: Message[] = [];
  const host = new HostConnection({
    showSnapshot: ({ version }) => versions.push(version),
    showProblem: (problem) => problems.push(problem),
    heard: () => undefined,
    draftSent: () => undefined,
    itemsCame: () => undefined,
  });
  const port: Port = {
    post: (message) => {
      const { type, id, method } = message as Message;
      sent.push(message as Message);
      if (type !== 'request') return;
      const error = { name: 'Error', message: `${method ?? ''} is impossible` };
      const answer = method === 'ready' ? { snapshot: snapshot(1), settings: {}, page: {} } : undefined;
      queueMicrotask(() => {
        receive(method === 'locate' ? { type: 'error', id, error } : { type: 'result', id, result: answer });
      });
    },
    listen: (listener) => {
      receive = listener;
      return () => undefined;
    },
  };
  let receive: (message: unknown) => void = () => undefined;
  const open = (): void => {
    const ignore = (): void => undefined;
    const listeners = {
      start: ignore,
      snapshot: ignore,
      pictureSettings: ignore,
      focusSearch: ignore,
      openBulkEdit: ignore,
      openComparison: ignore,
      openReview: ignore,
      openTrial: ignore,
      reveal: ignore,
      drafts: ignore,
    };
    host.open(new Channel<Record<string, never>, HostRequests, GridEvents, WebviewEvents>(port, {}, listeners));
  };
  return { host, sent, versions, problems, open };
}

function snapshot(version: number): GridSnapshot {
  return { version } as GridSnapshot;
}

function ready(host: HostConnection): Promise<PageStart> {
  return host.request('ready', { place: null, cards: 20 });
}

describe('the connection of the page to its host', () => {
  it('shows no snapshot before the host has said what to show first', async () => {
    const { host, versions, open } = connection();
    open();
    host.onSnapshot(snapshot(7));
    host.applySnapshot(snapshot(8));
    assert.deepEqual(versions, []);
    const { snapshot: first } = await host.started(ready(host));
    host.onSnapshot(first);
    assert.deepEqual(versions, [1]);
  });

  it('takes what the host has sent instead of waiting for its answer, which then is a snapshot like any other', async () => {
    const { host, versions, open } = connection();
    open();
    let answer: (start: PageStart) => void = () => undefined;
    const start = host.started(
      new Promise((resolve) => {
        answer = resolve;
      }),
    );
    host.onStart({ snapshot: snapshot(3) } as PageStart);
    host.onSnapshot((await start).snapshot);
    answer({ snapshot: snapshot(4) } as PageStart);
    await new Promise(setImmediate);
    assert.deepEqual(versions, [3, 4]);
  });

  it('shows the snapshot of an answer only where none of a later version is shown', async () => {
    const { host, versions, open } = connection();
    open();
    await host.started(ready(host));
    host.onSnapshot(snapshot(5));
    host.applySnapshot(snapshot(4));
    host.applySnapshot(snapshot(5));
    host.applySnapshot(snapshot(6));
    assert.deepEqual(versions, [5, 5, 6]);
  });

  it('shows every snapshot that the host sends by itself, also one of an earlier version', async () => {
    const { host, versions, open } = connection();
    open();
    await host.started(ready(host));
    host.onSnapshot(snapshot(5));
    host.onSnapshot(snapshot(3));
    host.applySnapshot(snapshot(4));
    assert.deepEqual(versions, [5, 3, 4]);
  });

  it('shows why a request failed, and resolves with undefined', async () => {
    const { host, problems, open } = connection();
    open();
    assert.equal(await host.tryRequest('locate', where), undefined);
    assert.deepEqual(problems, ['locate is impossible']);
  });

  it('leaves the failure of a plain request to the caller', async () => {
    const { host, problems, open } = connection();
    open();
    await assert.rejects(host.request('locate', where), { message: 'locate is impossible' });
    assert.deepEqual(problems, []);
  });

  it('clears the problem that is shown when the user asks for something else', async () => {
    const { host, problems, open } = connection();
    open();
    await host.tryRequest('locate', where);
    host.command('save', {});
    await new Promise(setImmediate);
    assert.deepEqual(problems, ['locate is impossible', undefined]);
    host.command('locate', where);
    await new Promise(setImmediate);
    assert.deepEqual(problems.slice(2), [undefined, 'locate is impossible']);
  });

  it('rejects requests and drops events while there is no channel', async () => {
    const { host, sent, open } = connection();
    await assert.rejects(host.request('save', {}), { message: 'Not connected' });
    host.post('focus', { path: 'a.png' });
    open();
    host.post('focus', { path: 'b.png' });
    assert.deepEqual(
      sent.map(({ type, name }) => [type, name]),
      [['event', 'focus']],
    );
  });
});
