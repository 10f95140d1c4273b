// Each write must be new: these marks in a request are replaced by a fresh number of the same length before it is sent.

export const SERIAL_MARK = '~SER~~~~';
/** Where only digits may stand. */
export const NUMBER_MARK = '~NUM~~~~';
const DIGITS = SERIAL_MARK.length;
const SERIALS = 10 ** DIGITS;

let last = Date.now() % SERIALS;

/** Returns eight digits that this process has not returned before. */
export function nextSerial(): string {
  last = (last + 1) % SERIALS;
  return String(last).padStart(DIGITS, '0');
}

/** Returns the text with every mark replaced. */
export function withSerial(text: string, serial: string): string {
  return text.replaceAll(SERIAL_MARK, serial).replaceAll(NUMBER_MARK, serial);
}

/** Returns where the marks stand in an encoded request. */
export function placesOfSerials(request: Buffer): number[] {
  return [SERIAL_MARK, NUMBER_MARK].flatMap((mark) => {
    const places: number[] = [];
    for (let at = request.indexOf(mark); at >= 0; at = request.indexOf(mark, at + DIGITS)) places.push(at);
    return places;
  });
}

/** Writes a fresh serial at each place. */
export function stamp(request: Buffer, places: readonly number[]): void {
  if (places.length === 0) return;
  const serial = nextSerial();
  for (const at of places) request.write(serial, at, 'latin1');
}
