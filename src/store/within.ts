/** Waits for something that may never end, so long and no longer; what becomes of it is nothing to us. */
export async function within(ending: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([ending.catch(() => {}), late]);
  clearTimeout(timer);
}
