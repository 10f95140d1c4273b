/** What becomes of something that may never end, or fails: `otherwise` when it is not done in so long. */
export async function withTimeout<Value>(work: Promise<Value>, ms: number, otherwise: Value): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Value>((resolve) => {
    timer = setTimeout(resolve, ms, otherwise);
  });
  const done = await Promise.race([work.catch(() => otherwise), late]);
  clearTimeout(timer);
  return done;
}
