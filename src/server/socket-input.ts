import { CLOSE } from './close-codes.ts';
import type { Intake } from './intake.ts';
import { overweight, pointsOf, weighJson } from './json-weight.ts';
import type { OpenSocket } from './open-socket.ts';
import type { Held } from './receiving.ts';

/** Points of a message that is read also when its sender has none left: so that it can be answered. */
const FREE_POINTS = 16;

/** What a socket sends, counted: the bytes of a message that is still coming, and the points that reading it costs. */
export class SocketInput {
  private readonly socket: OpenSocket;
  private readonly intake: Intake;
  private held: Held;
  private points = 0;

  constructor(socket: OpenSocket, intake: Intake) {
    this.socket = socket;
    this.intake = intake;
    this.held = intake.receiving.begin(socket.payer.id);
    socket.connection.on('data', (chunk: Buffer) => this.hold(chunk.length));
    socket.connection.once('close', () => this.held.release());
  }

  /** Whether a message may be parsed; else the socket is closed. */
  admit(data: Buffer): boolean {
    const { socket, intake } = this;
    this.held.release();
    this.held = intake.receiving.begin(socket.payer.id);
    const weight = weighJson(data);
    if (overweight(weight, intake.limits) !== null) {
      socket.cut(CLOSE.TOO_LARGE);
      return false;
    }
    const points = pointsOf(weight);
    if (points > FREE_POINTS && 'retryAfterMs' in intake.allowances.take(socket.payer, points, 'LOOK')) {
      socket.cut(CLOSE.TOO_FAST);
      return false;
    }
    intake.allowances.take(socket.payer, points, 'OWE');
    this.points = points;
    return true;
  }

  /** The points of the message that is being handled, for its operation to account for. */
  takePoints(): number {
    return this.points;
  }

  private hold(bytes: number): void {
    try {
      this.held.add(bytes);
    } catch {
      this.socket.cut(CLOSE.TRY_AGAIN_LATER);
    }
  }
}
