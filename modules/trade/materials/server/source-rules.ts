export type SourceState = 'proposed' | 'approved' | 'blocked'
