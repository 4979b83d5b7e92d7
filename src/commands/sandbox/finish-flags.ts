import { invalidArgument } from '#cli/flags.ts'
import type { Invocation } from '#cli/spec.ts'
import { parseGoDuration } from '#kube/duration.ts'

interface Finish {
  readonly image: RegExp
  readonly seconds: number
  readonly exitCode: number
}

const mostExitCode = 255

function readFinish(text: string): Finish | undefined {
  const at = text.lastIndexOf('=')
  const [duration = '', code = '0'] = text.slice(at + 1).split(':')
  try {
    const seconds = parseGoDuration(duration) / 1000
    const exitCode = /^\d+$/.test(code) ? Number(code) : Number.NaN
    const good = at > 0 && seconds >= 0 && exitCode <= mostExitCode
    return good ? { image: new RegExp(text.slice(0, at)), seconds, exitCode } : undefined
  } catch {
    return undefined
  }
}

/** What `--finish` says: which containers end, when, and with which exit code. @throws UsageError */
export function finishFlags(invocation: Invocation): readonly Finish[] {
  return invocation.list('finish').map((text) => {
    const finish = readFinish(text)
    if (finish) return finish
    throw invalidArgument(
      'finish',
      text,
      'write IMAGE=DURATION or IMAGE=DURATION:EXITCODE, such as perl=10s or worker=3s:1',
    )
  })
}
