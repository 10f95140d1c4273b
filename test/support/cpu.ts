/** CPU that this process spends on `work`, in seconds, whatever else the machine does. */
export async function cpuSeconds(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** The least of several runs: what is left is the work itself, without compilation and collection of garbage. */
export async function leastCpuSeconds(runs: number, work: () => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run += 1) least = Math.min(least, await cpuSeconds(work));
  return least;
}
