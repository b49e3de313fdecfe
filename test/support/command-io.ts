/** What a command wrote, and files that exist in memory only. */
export function memoryIo(files: Readonly<Record<string, string | Buffer>>) {
  const lines: string[] = []
  const errors: string[] = []
  const written: Uint8Array[] = []
  return {
    out: (line: string) => void lines.push(line),
    err: (line: string) => void errors.push(line),
    write: (octets: Uint8Array) => void written.push(octets),
    readFile: (path: string): Promise<Buffer> => {
      const file = files[path]
      return file === undefined
        ? Promise.reject(new Error(`ENOENT: ${path}`))
        : Promise.resolve(Buffer.from(file))
    },
    /** What was written as it is, and not as a line. */
    get octets() {
      return Buffer.concat(written)
    },
    get text() {
      return lines.join('\n')
    },
    get errors() {
      return errors.join('\n')
    },
  }
}
