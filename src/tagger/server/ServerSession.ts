import type { ServerOptions } from '../../protocol/tagging/execution';
import { serverTokenVariable } from '../../protocol/tagging/execution';
import type { Scored } from '../inference/BatchRunner';
import { proofPicture } from '../inference/proofPicture';
import { readScores } from './inferAnswer';
import { binaryRequest, jsonRequest } from './inferRequest';
import { modelPath } from './serverAddress';
import { ServerClient, type ServerAnswer, type ServerClientOptions } from './ServerClient';
import { ServerError } from './ServerError';
import { readServerModel, serverContract, type ServerContract } from './serverModel';

/**
 * The statuses of servers that cannot read binary tensors or refuse their content type (MLServer 1.7.1: 422 or 500).
 */
const notBinary: ReadonlySet<number> = new Set([400, 415, 422, 500, 501]);

/** A model on a server, ready to score pictures. */
export class ServerSession {
  private encoding: 'unknown' | 'binary' | 'json' = 'unknown';
  private readonly inferPath: string;

  private constructor(
    private readonly client: ServerClient,
    name: string,
    private readonly tagCount: number,
    readonly contract: ServerContract,
  ) {
    this.inferPath = `${modelPath(name)}/infer`;
  }

  /** Host and port of the server. */
  get host(): string {
    return this.client.host;
  }

  /**
   * Reads a model's metadata from a server, checks that it is a tagger, and has it score one test picture.
   * @param name what the server calls it
   * @param tagCount how many scores it must give
   * @throws ServerError; ModelError MODEL_UNSUPPORTED, TAGS_MISMATCH
   */
  static async open(
    options: ServerClientOptions,
    name: string,
    tagCount: number,
    signal = new AbortController().signal,
  ): Promise<ServerSession> {
    const client = await ServerClient.open(options);
    try {
      const model = await readServerModel(client, name, signal);
      const session = new ServerSession(client, name, tagCount, serverContract(model, tagCount));
      const [scored] = await session.run([proofPicture(session.contract)], signal);
      // It is the model's fault for this picture, whatever it would be for another one.
      if (scored instanceof Error) throw new ServerError('SERVER_REFUSED', scored.message, 200);
      return session;
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  /**
   * Scores pictures in one run. Several runs may be in flight.
   * @param inputs BGR, 0..255, each `size` x `size` x 3 floats in the model's layout; they must not change until it
   *   returns
   * @returns for each input one score for each tag, 0..1, or the ServerError for scores that cannot be used
   * @throws ServerError; ModelError TAGS_MISMATCH; the signal's reason
   */
  async run(inputs: readonly Float32Array[], signal: AbortSignal): Promise<Scored[]> {
    const batch = this.contract.fixedBatch ?? inputs.length;
    const answer = await this.infer(inputs, batch, signal);
    const { outputName } = this.contract;
    return readScores(answer, { outputName, batch, tagCount: this.tagCount }).slice(0, inputs.length);
  }

  /** Closes its connections; it cannot be used afterwards. */
  async release(): Promise<void> {
    await this.client.close();
  }

  private async infer(inputs: readonly Float32Array[], batch: number, signal: AbortSignal): Promise<ServerAnswer> {
    const { client, inferPath, contract } = this;
    if (this.encoding !== 'json') {
      const answer = await client.send(binaryRequest(inferPath, contract, inputs, batch), signal);
      if (answer.status === 200) {
        this.encoding = 'binary';
        return answer;
      }
      if (this.encoding === 'binary' || !notBinary.has(answer.status)) throw client.refusal(answer);
    }
    const answer = await client.send(jsonRequest(inferPath, contract, inputs, batch), signal);
    if (answer.status !== 200) throw client.refusal(answer);
    this.encoding = 'json';
    return answer;
  }
}

/**
 * How a server is reached, with the token of this process's environment.
 * @throws ServerError SERVER_REFUSED where no server is named
 */
export function serverClientOptions(
  server: ServerOptions | undefined,
  connections: number,
  environment: NodeJS.ProcessEnv = process.env,
): ServerClientOptions {
  if (server === undefined) throw new ServerError('SERVER_REFUSED', 'No server is named.');
  const token = environment[serverTokenVariable]?.trim();
  return {
    ...server,
    connections,
    token: token === '' ? undefined : token,
    onLog: (line) => {
      console.log(line);
    },
  };
}
