import { arch } from 'node:os'
import { KdsError } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import type { Command, Invocation } from '#cli/spec.ts'
import { structured } from '#cli/structured.ts'
import type { ServerVersion } from '#cluster/port.ts'

/** The release of Kubernetes whose controller, schema and validation kds mirrors. */
const rulesVersion = 'v1.36'

interface Versions {
  readonly clientVersion: object
  readonly rulesVersion: string
  readonly serverVersion?: ServerVersion
}

/** Go's names, as kubectl prints them. */
function platform(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const machine = arch()
  return `${system}/${machine === 'x64' ? 'amd64' : machine}`
}

function clientVersion(version: string) {
  const [major = '', minor = ''] = version.split('.')
  return { major, minor, gitVersion: `v${version}`, platform: platform() }
}

function outputOf(invocation: Invocation): 'json' | 'yaml' | undefined {
  const output = invocation.text('output') || undefined
  if (output === undefined || output === 'json' || output === 'yaml') return output
  throw new KdsError('usage', "--output must be 'yaml' or 'json'")
}

export const versionCommand: Command = {
  async run(invocation, context) {
    const output = outputOf(invocation)
    const client = clientVersion(context.version)
    let server: ServerVersion | undefined
    let failure: unknown
    if (!invocation.on('client')) {
      try {
        const { askServer } = await import('../bundles/live.ts')
        server = await askServer(invocation, context)
      } catch (error) {
        failure = error
      }
    }
    const versions: Versions = {
      clientVersion: client,
      rulesVersion,
      ...(server ? { serverVersion: server } : {}),
    }
    const lines = [
      `Client Version: ${client.gitVersion}`,
      `Rules Version: ${rulesVersion}`,
      ...(server ? [`Server Version: ${escapeLine(server.gitVersion)}`] : []),
    ]
    context.stdout.write(output ? await structured(versions, output) : `${lines.join('\n')}\n`)
    if (failure !== undefined) throw failure
    return 0
  },
}
