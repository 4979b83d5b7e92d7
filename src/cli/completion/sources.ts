import type { Candidate } from './candidate.ts'

/**
 * What completion learns from outside the program, for the flags that are typed already (`-n`, `--context`, …). An answer
 * that cannot be had is empty; nothing is thrown and nothing is printed.
 */
export interface CompletionSources {
  daemonSets(): Promise<readonly Candidate[]>
  namespaces(): Promise<readonly Candidate[]>
  nodes(): Promise<readonly Candidate[]>
  /** Newest first, the change cause as description. Without a name, those of the namespace's only DaemonSet. */
  revisions(daemonSet: string | undefined): Promise<readonly Candidate[]>
  contexts(): Promise<readonly Candidate[]>
  clusters(): Promise<readonly Candidate[]>
  users(): Promise<readonly Candidate[]>
}
