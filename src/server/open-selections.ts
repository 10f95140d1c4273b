import type { Pipeline } from '../graphql/pipeline/pipeline.ts';
import { bodyIn, openSelection } from '../graphql/webhooks/open-selection.ts';
import type { BodyOptions } from '../webhooks/bodies.ts';
import type { RenderingPoints } from './fan-out/rendering-points.ts';

/** Returns the function that opens selections of webhook endpoints, resolved and charged as streams are. */
export function openSelections(pipeline: Pipeline, points: RenderingPoints): BodyOptions['open'] {
  return async (endpoint) => {
    const stream = await openSelection(pipeline, endpoint);
    return {
      group: stream.group,
      pay: () => points.pay(endpoint.merchantId, stream.points, [stream.payer])?.retryAfterMs ?? null,
      resolve: async (item) => bodyIn(await stream.render(item)),
    };
  };
}
