import type { Outside } from '#cli/main.ts'
import { connectionsOf } from './connections.ts'

const proxyVariables = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy']

/** Proxies are chosen and spoken to by the room that talks to clusters, which is loaded only where there is one. */
const withProxies = (outside: Outside): Outside =>
  proxyVariables.some((name) => outside.env[name])
    ? {
        ...outside,
        proxyTo: async (url) => (await import('./bundles/live.ts')).proxyTo(url, outside.env),
      }
    : outside

/**
 * Runs one call of kds with all its commands, which are loaded while connections to the cluster come about that it will probably talk
 * to. Answers the exit code; never throws, never exits.
 */
export async function call(argv: readonly string[], outside: Outside): Promise<number> {
  const count = connectionsOf(argv)
  const ahead =
    count > 0 ? await (await import('./bundles/ahead.ts')).beginConnecting(argv, outside, count) : undefined
  try {
    const { main, registry } = await import('./bundles/cli.ts')
    // A server that is called by a name is connected to in the turn after its address is known.
    if (ahead) await new Promise((turn) => setImmediate(turn))
    return await main(argv, withProxies(outside), registry)
  } finally {
    ahead?.end()
  }
}
