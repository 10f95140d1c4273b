import type { TestGateway } from './harness.ts';
import type { Statement } from './statements.ts';

/** The blocks of memory and disk that statements touch, each planned for its values. */
export async function blocksOf(gateway: TestGateway, statements: readonly Statement[]): Promise<number> {
  let blocks = 0;
  for (const { text, values } of statements) {
    const [row] = await gateway.sql<Record<string, Array<{ Plan: Record<string, number> }>>>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
      values,
    );
    const plan = Object.values(row ?? {})[0]?.[0]?.Plan;
    blocks += (plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0);
  }
  return blocks;
}
