import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { KdsError, UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Command } from '#cli/spec.ts'
import { counted } from '#views/names.ts'
import type { SandboxFolder } from '../folder.ts'
import { openSandbox } from '../open.ts'
import { sandboxOptions } from '../options.ts'
import { guard } from './guard.ts'

/** Exit codes of a shell for a command that is not there, and for one that may not be run. */
const notFound = 127
const notExecutable = 126

function start(words: readonly string[], kubeconfig: string, context: Context): ChildProcess {
  const [command = '', ...args] = words
  return spawn(command, args, {
    cwd: context.cwd,
    env: { ...context.env, KUBECONFIG: kubeconfig },
    stdio: 'inherit',
  })
}

/** The exit code of the child, as a shell tells it: 128 and the signal's number for one that a signal ended. */
function ended(child: ChildProcess, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ENOENT'
      reject(
        new KdsError('command', missing ? `${name}: command not found` : `${name}: ${error.message}`, {
          exitCode: missing ? notFound : notExecutable,
          cause: error,
        }),
      )
    })
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)))
  })
}

/**
 * Starts a command and passes signals on to it; a terminal sends Ctrl-C to the child itself. They are taken before there is a
 * child: one that comes as soon as the child runs would end kds else, and leave the child behind.
 */
function startPassingSignals(
  words: readonly string[],
  folder: SandboxFolder,
  context: Context,
): { child: ChildProcess; release: () => void } {
  const fromTerminal = context.stdin.isTerminal
  let child: ChildProcess | undefined
  const release = context.takeSignals?.((signal) => {
    if (!(fromTerminal && (signal === 'SIGINT' || signal === 'SIGQUIT'))) child?.kill(signal)
  })
  const watch = guard(folder.path)
  child = start(words, folder.kubeconfig, context)
  if (child.pid !== undefined) watch.over(child.pid)
  return {
    child,
    release() {
      watch.dismiss()
      release?.()
    },
  }
}

/** What can be tried, for a person who has just got a shell. */
function greeting(nodes: number, shell: string): string {
  const tries = [
    'kubectl get nodes',
    'kubectl create job pi --image=perl',
    'kubectl get events -w',
    'kubectl drain NODE --ignore-daemonsets',
    'kubectl annotate node NODE sandbox.kds.dev/kubelet=down',
    'kds plan -f DAEMONSET.yaml',
  ]
  return `A simulated cluster of ${counted(nodes, 'node')}, with KUBECONFIG set, until ${shell} ends. Try:
${tries.map((line) => `  ${line}\n`).join('')}`
}

export const runCommand: Command = {
  async run(invocation, context) {
    const [name] = invocation.args
    if (name === undefined) throw new UsageError('no command given: kds sandbox run -- COMMAND')
    const sandbox = await openSandbox(await sandboxOptions(invocation, context), context)
    // A command without arguments is a shell as a rule, and somebody sits before it.
    if (context.stderr.isTerminal && invocation.args.length === 1)
      context.stderr.write(greeting(sandbox.nodes, name))
    try {
      const { child, release } = startPassingSignals(invocation.args, sandbox.folder, context)
      try {
        return await ended(child, name)
      } finally {
        release()
      }
    } finally {
      await sandbox.close()
    }
  },
}
