import './bundles/shell.ts'
import { main, type Outside } from '#cli/main.ts'
import { registry } from './registry.ts'

const proxyVariables = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy']

/** Proxies are chosen and spoken to by the room that talks to clusters, which is loaded only where there is one. */
const withProxies = (outside: Outside): Outside =>
  proxyVariables.some((name) => outside.env[name])
    ? {
        ...outside,
        proxyTo: async (url) => (await import('./bundles/live.ts')).proxyTo(url, outside.env),
      }
    : outside

/** Runs one call of kds with all its commands. Answers the exit code; never throws, never exits. */
export const call = (argv: readonly string[], outside: Outside): Promise<number> =>
  main(argv, withProxies(outside), registry)
