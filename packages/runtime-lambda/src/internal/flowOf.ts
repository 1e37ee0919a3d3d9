/** A handler's flow, out of its configuration. */
import type { Config } from "@tributary/core/Config"
import type { Flow } from "@tributary/core/Flow"

/** The flow of that name and kind; throws where there is none, when the function is loaded. */
export const flowOf = <Kind extends Flow["kind"]>(
  config: Config,
  name: string,
  kind: Kind,
): Extract<Flow, { readonly kind: Kind }> => {
  const flow = config.flows[name]
  if (flow === undefined) {
    throw new Error(`there is no flow ${name}; the configuration has ${Object.keys(config.flows).join(", ")}`)
  }
  if (!isOfKind(flow, kind)) throw new Error(`the flow ${name} is of kind ${flow.kind}; this handler is for ${kind}`)
  return flow
}

const isOfKind = <Kind extends Flow["kind"]>(flow: Flow, kind: Kind): flow is Extract<Flow, { readonly kind: Kind }> =>
  flow.kind === kind
