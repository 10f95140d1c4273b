// What deliveries are compared to: a process that posts the same body by `fetch`. No database, no signature, no record of answers.
const [url, body, paths] = process.argv.slice(2);

process.on('message', async (count) => {
  const before = process.cpuUsage();
  const failures = [];
  for (let sent = 0; sent < count; sent += Number(paths)) {
    const begunAt = performance.now();
    const posts = Array.from({ length: Number(paths) }, async (_, nth) => {
      const response = await fetch(`${url}/${nth}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      if (!response.ok) failures.push(response.status);
      await response.arrayBuffer();
    });
    await Promise.all(posts);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 1_000 - (performance.now() - begunAt))));
  }
  const { user, system } = process.cpuUsage(before);
  process.send({ micros: (user + system) / count, failures: failures.length });
});
process.send('ready');
