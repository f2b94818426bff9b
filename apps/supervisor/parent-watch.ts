// Loaded into every Node child before its own program: when the supervisor is killed outright, the channel to it closes, and the
// child ends as if it had been asked to.
if (process.channel) {
  process.once('disconnect', () => {
    setTimeout(() => process.exit(1), 10_000)
    process.kill(process.pid, 'SIGTERM')
  })
  // The channel alone keeps no program alive.
  process.channel.unref()
}
