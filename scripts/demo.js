import { join } from 'node:path'
import { launch, withChannel } from './launch.js'
import { prepare, root } from './prepare.js'
import { installCommands } from './system-commands.js'

prepare()
if (!process.env.AMQP_URL) {
  // The demo says what it leaves out without it.
  const { commands, remedy } = installCommands(['rabbitmq'])
  if (commands.length > 0) process.stderr.write(`RabbitMQ is not there. ${remedy}\n`)
}
launch(['--enable-source-maps', join(root, 'dist/demo/main.js'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: withChannel,
})
