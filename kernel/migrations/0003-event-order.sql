-- Whether an earlier event of the same key still waits to be tried again: asked before each delivery (kernel/jobs.ts).
create index if not exists jobs_tried on graphile_worker._private_jobs (job_queue_id, id) where attempts > 0;
