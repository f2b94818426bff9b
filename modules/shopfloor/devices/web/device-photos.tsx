import { CameraOutlined, PictureOutlined } from '@ant-design/icons'
import { App, Button, Image, Popconfirm, Progress, Space, Typography } from 'antd'
import { useRef } from 'react'
import { call, errorText } from '#ui/api.ts'
import { formatDateTime } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Section, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { usePhone } from '#ui/theme.ts'
import type { Attachment } from '../attachments.ts'
import { type DeviceId, devicesApi } from '../contract.ts'
import { contentUrl } from './queries.ts'
import { useChange } from './use-change.ts'
import { type SendingPhoto, usePhotoUploads } from './use-uploads.ts'

const TYPES = 'image/jpeg,image/png,image/webp'

export function DevicePhotos({ id, photos }: { id: DeviceId; photos: Attachment[] }) {
  const t = useWords('devices')
  const canManage = useCan('devices.manage')
  const uploads = usePhotoUploads(id)
  return (
    <Section title={t('attachments.photos')} extra={canManage && <PhotoButtons onChosen={uploads.add} />}>
      {photos.length === 0 && uploads.sending.length === 0 && (
        <p className="ls-quiet">{t(canManage ? 'attachments.noPhotos' : 'attachments.noPhotosYet')}</p>
      )}
      <ul className="dv-photos">
        {uploads.sending.map((one) => (
          <Sending key={one.key} photo={one} onDrop={() => uploads.drop(one.key)} onRetry={() => uploads.retry(one.key)} />
        ))}
        <Image.PreviewGroup>
          {photos.map((photo) => (
            <Photo key={photo.id} id={id} photo={photo} canManage={canManage} />
          ))}
        </Image.PreviewGroup>
      </ul>
    </Section>
  )
}

/** On a phone the camera, and the album beside it. */
function PhotoButtons({ onChosen }: { onChosen: (files: File[]) => void }) {
  const t = useWords('devices')
  const phone = usePhone()
  const camera = useRef<HTMLInputElement>(null)
  const album = useRef<HTMLInputElement>(null)
  const chosen = (input: HTMLInputElement) => {
    onChosen([...(input.files ?? [])])
    // The same photo may be chosen again.
    input.value = ''
  }
  return (
    <Space wrap>
      {phone && (
        <Button type="primary" icon={<CameraOutlined aria-hidden />} onClick={() => camera.current?.click()}>
          {t('attachments.takePhoto')}
        </Button>
      )}
      <Button icon={<PictureOutlined aria-hidden />} onClick={() => album.current?.click()}>
        {t('attachments.choosePhotos')}
      </Button>
      <input
        ref={camera}
        type="file"
        className="dv-file-input"
        accept="image/*"
        capture="environment"
        onChange={(e) => chosen(e.currentTarget)}
      />
      <input
        ref={album}
        type="file"
        className="dv-file-input"
        multiple
        accept={TYPES}
        data-testid="photo-files"
        onChange={(e) => chosen(e.currentTarget)}
      />
    </Space>
  )
}

function Sending({ photo, onDrop, onRetry }: { photo: SendingPhoto; onDrop: () => void; onRetry: () => void }) {
  const t = useWords('devices')
  return (
    <li className="dv-photo">
      <img src={photo.preview} alt={photo.name} className="dv-photo-picture dv-photo-waiting" />
      {photo.error === undefined ? (
        <Progress percent={Math.round(photo.part * 100)} size="small" aria-label={t('attachments.sending', { name: photo.name })} />
      ) : (
        <Typography.Paragraph type="danger" role="alert">
          {errorText(photo.error, t)}
        </Typography.Paragraph>
      )}
      <Space size={0} wrap>
        {photo.error !== undefined && (
          <Button type="link" size="small" onClick={onRetry}>
            {t('ui:retry')}
          </Button>
        )}
        <Button type="link" size="small" onClick={onDrop}>
          {t('ui:cancel')}
        </Button>
      </Space>
    </li>
  )
}

function Photo({ id, photo, canManage }: { id: DeviceId; photo: Attachment; canManage: boolean }) {
  const t = useWords('devices')
  const { message } = App.useApp()
  const change = useChange()
  const params = { id, attachmentId: photo.id }
  const failed = (error: unknown) => void message.error(errorText(error, t))
  return (
    <li className="dv-photo">
      <Image src={contentUrl(id, photo.id)} alt={photo.name} loading="lazy" classNames={{ image: 'dv-photo-picture' }} />
      <div className="dv-photo-name" title={photo.name}>
        {photo.name}
      </div>
      <div className="ls-quiet">
        {formatDateTime(photo.addedAt)} {photo.addedBy}
      </div>
      <Space size={0} wrap className="dv-photo-actions">
        {photo.main && <StatusTag tone="info">{t('attachments.mainPhoto')}</StatusTag>}
        {canManage && !photo.main && (
          <Button
            type="link"
            size="small"
            onClick={() =>
              change(() => call(devicesApi.updateAttachment, { params, body: { version: photo.version, main: true } })).catch(failed)
            }
          >
            {t('attachments.makeMain')}
          </Button>
        )}
        {canManage && (
          <Popconfirm
            title={t('attachments.removeTitle', { name: photo.name })}
            description={t('attachments.removeText')}
            okText={t('ui:delete')}
            okButtonProps={{ danger: true }}
            cancelText={t('ui:cancel')}
            onConfirm={() => change(() => call(devicesApi.removeAttachment, { params })).catch(failed)}
          >
            <Button type="link" size="small" danger>
              {t('ui:delete')}
            </Button>
          </Popconfirm>
        )}
      </Space>
    </li>
  )
}
