import { KdsError } from '#base/errors.ts'
import { printsData, wantsAscii } from './ascii.ts'
import type { Context } from './context.ts'
import { dispatch, failureCode, namedPath } from './dispatch.ts'
import { Edge, type RawStream } from './edge.ts'
import { scanFlag, scanSwitch } from './flags.ts'
import type { Registry } from './registry.ts'
import { errorText } from './report.ts'
import { loadStyle, parseColorMode, wantsColor } from './style.ts'
import { WaitingLine } from './waiting.ts'

/** What the process gives: the context, but for what is made of it here. */
export type Outside = Omit<Context, 'style' | 'stdout' | 'stderr' | 'waiting'> & {
  readonly stdout: RawStream
  readonly stderr: RawStream
}

/** Runs one call of kds, whose commands are those of the registry. Answers the exit code; never throws, never exits. */
export async function main(argv: readonly string[], outside: Outside, registry: Registry): Promise<number> {
  const { env } = outside
  const edge = new Edge(Math.random)
  // A line that tells what is waited for goes before anything else is written, and for good before anything else is drawn.
  const first = { written: () => waiting.stepAside(), drawn: () => waiting.end() }
  const ascii = (stream: RawStream) => wantsAscii(scanSwitch(argv, '--ascii'), stream.isTerminal, env)
  const data = printsData(argv, namedPath(argv, registry)[0], scanFlag(argv, ['-o', '--output']))
  const stdout = edge.guard(outside.stdout, { ...first, ascii: !data && ascii(outside.stdout) })
  const stderr = edge.guard(outside.stderr, { ...first, ascii: ascii(outside.stderr) })
  const waiting = new WaitingLine(
    stderr.isTerminal && env.TERM !== 'dumb'
      ? {
          stderr: edge.guard(outside.stderr, { ascii: ascii(outside.stderr) }),
          clock: outside.clock,
          paint: (text) => errorStyle.accent(text),
        }
      : undefined,
  )
  const verbosity = Number.parseInt(scanFlag(argv, ['-v', '--v']) ?? '0', 10) || 0
  let errorStyle = await loadStyle(wantsColor('auto', stderr.isTerminal, env), edge, env)
  try {
    const mode = parseColorMode(scanFlag(argv, ['--color']) ?? 'auto')
    errorStyle = await loadStyle(wantsColor(mode, stderr.isTerminal, env), edge, env)
    const outStyle = await loadStyle(wantsColor(mode, stdout.isTerminal, env), edge, env)
    const style = { stdout: outStyle, stderr: errorStyle }
    return await dispatch(argv, { ...outside, stdout, stderr, style, waiting }, registry)
  } catch (error) {
    const help = [outside.program, ...namedPath(argv, registry)].join(' ')
    stderr.write(errorText(error, help, verbosity, errorStyle))
    const exit = error instanceof KdsError ? error.exitCode : 1
    return exit === 1 ? failureCode(argv, registry) : exit
  } finally {
    waiting.end()
  }
}
