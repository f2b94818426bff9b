/**
 * What a driver is held to. Its checklist.yaml answers each: `done` with the file that shows it, or `exempt` with the reason.
 * `npm run new-driver` writes the list into a new folder.
 */
export const driverRules = {
  configAsData: 'connection, unit and place are schemas in config.ts with words in both languages',
  sampleConfiguration: 'README.md has a sample configuration, and it is checked',
  constructorWithoutIo: 'to make a driver touches no network',
  closeTwice: 'close may be called twice, and connect after it',
  abortAtOnce: 'a signal ends a call at once and leaves the link usable',
  boundedWaits: 'every wait has a time-out',
  lostLinkIsSaid: 'a link that is refused, broken or silent is a LinkLost with a reason',
  deadUnitIsNoDeadLink: 'a unit that is away is told apart from its link',
  badPointIsSample: 'a point that fails is a bad sample with a reason, the others stay good',
  faultShown: 'a value that is not good is shown by the device’s own number and by the frames that told it',
  fewestRequests: 'points are read in the fewest requests that the protocol and the device allow',
  refusedPlacesLearned: 'a refused place is found, remembered and tried again now and then',
  allDataTypes: 'every data type of the protocol, in every byte order, 64 bits to the last digit',
  sourceTime: 'the source’s own time stamp is handed on',
  writeReadBack: 'what was written is read back',
  writeUnknown: 'a write without an answer is unknown and is never sent again',
  subscribe: 'changes are sent by the device where the protocol has it',
  browse: 'places can be browsed where the protocol has it',
  history: 'what the device kept while nobody listened is asked for where the protocol has it',
  hostileInput: 'cut, joined, late, wrong, senseless and endless answers do no harm',
  transportSecurity: 'the protocol’s own encryption and sign-in',
  reasonsHaveWords: 'every reason has words in zh.json and en.json',
  publishedFrames: 'frames that others published are understood and made',
  simulator: 'a simulator runs the contract test and the demo',
  foreignPeer: 'it works with a peer that this project did not write',
  speed: '100,000 values a second take less than half a core',
} as const satisfies Record<string, string>
