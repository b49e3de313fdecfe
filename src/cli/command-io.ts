/** Where a command writes, line by line. */
export interface CommandIo {
  out(line: string): void
  err(line: string): void
}

/** The same for a command that reads files. */
export interface FileCommandIo extends CommandIo {
  readFile(path: string): Promise<Buffer>
}

/** A command that was called wrongly, or with a file it cannot use; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
