import { HEAVY_POINTS, type Intake, pacedClient } from '../intake/intake.ts';
import { overweight, pointsOf, weighJson } from '../intake/json-weight.ts';
import type { Held } from '../intake/receiving.ts';
import { CLOSE } from './close-codes.ts';
import type { OpenSocket } from './open-socket.ts';

/** Header length of a ping or pong frame with its mask; such frames are part of no message. */
const CONTROL_HEADER_BYTES = 6;

/**
 * Accounts for the input of a socket: the bytes of the message being received, and the points that reading it costs.
 */
export class SocketInput {
  private readonly socket: OpenSocket;
  private readonly intake: Intake;
  /** Processes an admitted message, with the points charged for reading it. */
  private readonly take: (data: Buffer, points: number) => void;
  private held: Held;
  /** Keeps messages in order while a heavy one waits for the pacer; null when none waits. */
  private line: Promise<void> | null = null;

  constructor(socket: OpenSocket, intake: Intake, take: (data: Buffer, points: number) => void) {
    this.socket = socket;
    this.intake = intake;
    this.take = take;
    this.held = intake.receiving.begin(socket.payer.id);
    // Prepended, so that bytes are counted before `ws` reads them and emits the message that they complete.
    socket.connection.prependListener('data', (chunk: Buffer) => this.hold(chunk.length));
    const forget = (data: Buffer): void => this.held.add(-(CONTROL_HEADER_BYTES + data.length));
    socket.webSocket.on('ping', forget).on('pong', forget);
    socket.connection.once('close', () => this.held.release());
  }

  /** Charges for a message and processes it. A message over the limits, or over the points left, closes the socket. */
  admit(data: Buffer): void {
    const { socket, intake } = this;
    const { payer } = socket;
    const weight = weighJson(data);
    const points = pointsOf(weight);
    if (overweight(weight, intake.limits) !== null) {
      socket.cut(CLOSE.TOO_LARGE);
      return;
    }
    const isHeavy = points >= HEAVY_POINTS;
    if (isHeavy && 'retryAfterMs' in intake.allowances.take(payer, points, 'LOOK')) {
      socket.cut(CLOSE.TOO_FAST);
      return;
    }
    intake.allowances.take(payer, points, 'OWE');
    if (isHeavy || this.line !== null) void this.takeInTurn(data, points, isHeavy);
    else this.takeNow(data, points);
  }

  private takeNow(data: Buffer, points: number): void {
    this.held.release();
    this.held = this.intake.receiving.begin(this.socket.payer.id);
    if (this.socket.isOpen()) this.take(data, points);
  }

  private async takeInTurn(data: Buffer, points: number, isHeavy: boolean): Promise<void> {
    const { socket, intake } = this;
    const before = this.line;
    const own = (async () => {
      await before;
      if (isHeavy) await intake.pacer.wait(pacedClient(socket.payer), points);
      this.takeNow(data, points);
    })().catch(() => socket.cut(CLOSE.TOO_FAST));
    this.line = own;
    socket.webSocket.pause();
    await own;
    if (this.line !== own) return;
    this.line = null;
    socket.webSocket.resume();
  }

  private hold(bytes: number): void {
    try {
      this.held.add(bytes);
    } catch {
      this.socket.cut(CLOSE.TRY_AGAIN_LATER);
    }
  }
}
