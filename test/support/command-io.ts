/** What a command wrote, and files that exist in memory only. */
export function memoryIo(files: Readonly<Record<string, string | Buffer>>) {
  const lines: string[] = []
  const errors: string[] = []
  return {
    out: (line: string) => void lines.push(line),
    err: (line: string) => void errors.push(line),
    readFile: (path: string): Promise<Buffer> => {
      const file = files[path]
      return file === undefined
        ? Promise.reject(new Error(`ENOENT: ${path}`))
        : Promise.resolve(Buffer.from(file))
    },
    get text() {
      return lines.join('\n')
    },
    get errors() {
      return errors.join('\n')
    },
  }
}
