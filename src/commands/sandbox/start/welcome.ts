import type { Context } from '#cli/context.ts'
import { counted } from '#views/names.ts'
import type { SandboxFolder } from '../folder.ts'

/** How often a start looks whether its sandbox came up, or is to end. */
export const lookAgainMs = 200

/** What a user is told of a sandbox that serves; `stop` says how it ends. */
export function welcome(
  { nodes, url }: { readonly url: string; readonly nodes: number },
  { kubeconfig }: SandboxFolder,
  { style }: Pick<Context, 'style'>,
  stop: string,
): string {
  return [
    `${style.stdout.bold('sandbox')} ${url} with ${counted(nodes, 'node')}`,
    `  export KUBECONFIG=${kubeconfig}`,
    `  ${stop}`,
    '',
  ].join('\n')
}
