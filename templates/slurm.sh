#!/bin/sh
# Makes a dataset of vniah in parts, one a task of a job array, and merges them when all are done.
# Send it with sbatch as it is, and again after a failure: parts that are done are kept, others go on.
#SBATCH --job-name=vniah
#SBATCH --array=0-{last}
#SBATCH --cpus-per-task={cpus}
#SBATCH --output=vniah-%A_%a.log
set -eu
export VNIAH={vniah}
export SPEC={spec}
export OUT={out}
export CACHE={cache}
export SHARDS={shards}

# The first task asks for the merge, which waits for the whole array and is dropped if a task fails.
if [ "$SLURM_ARRAY_TASK_ID" = 0 ]; then
    sbatch --job-name=vniah-merge --export=ALL --kill-on-invalid-dep=yes --output=vniah-merge-%j.log \
        --dependency="afterok:$SLURM_ARRAY_JOB_ID" --wrap '
            at=0
            while [ "$at" -lt "$SHARDS" ]; do set -- "$@" "$OUT.parts/$at"; at=$((at + 1)); done
            exec "$VNIAH" merge -o "$OUT" "$@"'
fi

exec "$VNIAH" generate "$SPEC" --shard "$SLURM_ARRAY_TASK_ID/$SHARDS" -o "$OUT.parts/$SLURM_ARRAY_TASK_ID" \
    --store {store} --cache "$CACHE" --jobs "${SLURM_CPUS_PER_TASK:-1}"
