import { useQuery } from '@tanstack/react-query'
import { Loaded } from '#ui/page.tsx'
import type { DeviceId } from '../contract.ts'
import { DeviceDocuments } from './device-documents.tsx'
import { DevicePhotos } from './device-photos.tsx'
import { deviceQueries } from './queries.ts'

export function DeviceAttachments({ id }: { id: DeviceId }) {
  const query = useQuery(deviceQueries.attachments(id))
  return (
    <Loaded query={query}>
      {({ attachments }) => (
        <>
          <DevicePhotos id={id} photos={attachments.filter((one) => one.kind === 'photo')} />
          <DeviceDocuments id={id} documents={attachments.filter((one) => one.kind !== 'photo')} />
        </>
      )}
    </Loaded>
  )
}
