/** Resolves to the result of `work`, or to `otherwise` if `work` rejects or exceeds `ms`. */
export async function withTimeout<Value>(work: Promise<Value>, ms: number, otherwise: Value): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Value>((resolve) => {
    timer = setTimeout(resolve, ms, otherwise);
  });
  const done = await Promise.race([work.catch(() => otherwise), late]);
  clearTimeout(timer);
  return done;
}
