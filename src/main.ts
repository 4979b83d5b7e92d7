declare const KDS_VERSION: string

/** Placeholder-free entry: prints the version until the registry is wired in the same commit series. */
export function run(process: NodeJS.Process): void {
  process.stdout.write(`kds ${KDS_VERSION}\n`)
}
