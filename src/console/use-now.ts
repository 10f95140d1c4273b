import { useEffect, useState } from 'preact/hooks';

const TICK_MS = 1_000;

/** The merchant's time in milliseconds, which goes on each second from when it was last read, unless it is frozen. */
export function useNow(now: string, isFrozen: boolean): number {
  const [current, setCurrent] = useState(Date.parse(now));
  useEffect(() => {
    const offset = Date.parse(now) - Date.now();
    setCurrent(Date.parse(now));
    if (isFrozen) return;
    const timer = setInterval(() => setCurrent(Date.now() + offset), TICK_MS);
    return () => clearInterval(timer);
  }, [now, isFrozen]);
  return current;
}
