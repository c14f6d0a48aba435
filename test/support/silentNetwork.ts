import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';

/** Which packets get lost: those to the database, its answers, or both. */
export type Lost = 'questions' | 'answers' | 'both';

interface Way {
  readonly from: Socket;
  readonly to: Socket;
  readonly answers: boolean;
  /** Said by the middle of a network that knows the connection no more: nothing of it is ever delivered again. */
  forgotten: boolean;
}

/**
 * A network between a process and PostgreSQL that can lose every packet without a word: no connection is cut, nobody is
 * told, and new ones are taken and come to nothing.
 */
export class SilentNetwork {
  readonly #ways = new Set<Way>();
  readonly #server;
  #lost: Lost | undefined;

  private constructor(socket: string) {
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      const database = connect({ path: socket, allowHalfOpen: true });
      const ways = [
        { from: client, to: database, answers: false, forgotten: false },
        { from: database, to: client, answers: true, forgotten: false },
      ];
      for (const way of ways) {
        this.#ways.add(way);
        way.from.on('data', (packet) => way.to.write(packet));
        way.from.on('error', () => undefined);
        // The end of a connection is a packet too.
        way.from.on('end', () => {
          if (!way.forgotten) way.to.end();
        });
        way.from.on('close', () => {
          this.#ways.delete(way);
          if (!way.forgotten) way.to.destroy();
        });
        this.#apply(way);
      }
    });
  }

  /** @param url of a private PostgreSQL, which listens on a socket in a folder. */
  static async before(url: string): Promise<{ readonly network: SilentNetwork; readonly url: string }> {
    const address = new URL(url);
    const folder = address.searchParams.get('host') ?? '';
    const network = new SilentNetwork(join(folder, '.s.PGSQL.5432'));
    await new Promise<void>((done) => network.#server.listen(0, '127.0.0.1', done));
    const listening = network.#server.address();
    if (listening === null || typeof listening === 'string') throw new Error('no port');
    address.search = '';
    address.hostname = '127.0.0.1';
    address.port = String(listening.port);
    return { network, url: address.href };
  }

  /** From now on these packets get lost. */
  lose(lost: Lost): void {
    this.#lost = lost;
    for (const way of this.#ways) this.#apply(way);
  }

  /** Packets flow again; those that were lost are sent again, as both ends do. */
  deliver(): void {
    this.#lost = undefined;
    for (const way of this.#ways) this.#apply(way);
  }

  /** Packets of new connections flow again; of those there were nothing ever comes again, not even their end. */
  forget(): void {
    for (const way of this.#ways) way.forgotten = true;
    this.#lost = undefined;
  }

  close(): void {
    this.#server.close();
    for (const { from, to } of this.#ways) {
      from.destroy();
      to.destroy();
    }
  }

  #apply(way: Way): void {
    if (way.forgotten) return;
    const lost = this.#lost === 'both' || this.#lost === (way.answers ? 'answers' : 'questions');
    if (lost) way.from.pause();
    else way.from.resume();
  }
}
