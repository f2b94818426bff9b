import { Priority } from './contract.ts'

/** 1 for the highest: sorts by itself. */
export const rankOf = (priority: Priority): number => Priority.options.indexOf(priority) + 1
export const priorityOf = (rank: number): Priority => Priority.options[rank - 1] ?? 'low'
