import { lazy } from 'react'

// Forms and dialogs are fetched when they are opened: the first page stays light.
export const ChangePassword = lazy(async () => ({ default: (await import('./change-password.tsx')).ChangePassword }))
export const SearchPalette = lazy(async () => ({ default: (await import('./search-palette.tsx')).SearchPalette }))
