#!/bin/sh
# A real Slurm on loopback: parts of a dataset as tasks of an array, one of them killed halfway, sent again, merged.
#
# In: the vniah binary (VNIAH), slurm-wlm and munge installed, root. Out: "the merged dataset is the one of a single run"
# and exit code 0, or what differs. Everything lies in a directory of its own, and every process is ended.
set -eu
VNIAH=$(realpath "${VNIAH:-target/release/vniah}")
WORK=$(mktemp -d)
HOST=$(hostname -s)
stop() {
    for name in slurmd slurmctld munged; do
        if [ -f "$WORK/$name.pid" ]; then kill "$(cat "$WORK/$name.pid")" 2>/dev/null || true; fi
    done
    sleep 1
    rm -rf "$WORK"
}
trap stop EXIT

# Munge, with a key and a socket of its own.
install -d -m 0711 "$WORK" "$WORK/munge"
dd if=/dev/urandom of="$WORK/munge/key" bs=128 count=1 2>/dev/null
chmod 0400 "$WORK/munge/key"
munged --force --key-file="$WORK/munge/key" --socket="$WORK/munge/socket" --pid-file="$WORK/munged.pid" \
    --log-file="$WORK/munge/log" --seed-file="$WORK/munge/seed"
mkdir -p "$WORK/state" "$WORK/spool"
cat > "$WORK/slurm.conf" <<EOF
ClusterName=test
SlurmctldHost=$HOST(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$WORK/munge/socket
CredType=cred/munge
StateSaveLocation=$WORK/state
SlurmdSpoolDir=$WORK/spool
SlurmctldPidFile=$WORK/slurmctld.pid
SlurmdPidFile=$WORK/slurmd.pid
SlurmctldLogFile=$WORK/slurmctld.log
SlurmdLogFile=$WORK/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
ReturnToService=2
InactiveLimit=0
KillWait=2
NodeName=$HOST NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=$HOST Default=YES MaxTime=INFINITE State=UP
EOF
export SLURM_CONF="$WORK/slurm.conf"
slurmctld
slurmd -N "$HOST"
for _ in $(seq 60); do
    if [ "$(sinfo -h -o %t 2>/dev/null)" = idle ]; then break; fi
    sleep 1
done
sinfo

cd "$WORK"
cat > haystacks.toml <<EOF
[[haystack]]
id = "bar"
scene = { name = "barcode", seed = 3, width = 128, height = 72, fps = 25, frames = 110 }
[[haystack]]
id = "bay"
scene = { name = "harbour", seed = 1, width = 320, height = 180, fps = 25, frames = 1500 }
EOF
cat > spec.toml <<EOF
seed = 1
name = "cluster"
[haystacks]
catalogue = "haystacks.toml"
[needles]
duration = "6 frames"
gap = "4 frames"
[grid]
repeats = 6
EOF
"$VNIAH" generate spec.toml -o single --cache cache-single
"$VNIAH" cluster slurm spec.toml -o "the set" --shards 4 --cpus 1 --cache cache > job.sh

# Waits until no job is left.
wait_all() {
    for _ in $(seq 300); do
        if [ -z "$(squeue -h)" ]; then return; fi
        sleep 1
    done
    squeue
    echo "jobs do not end"
    exit 1
}

job=$(sbatch --parsable job.sh)
# Task 1 is killed as soon as it has made its first video.
for _ in $(seq 600); do
    if ls "the set.parts/1/.vniah/"*.done >/dev/null 2>&1; then break; fi
    sleep 0.1
done
if ! scancel --signal=KILL "${job}_1"; then
    cat slurmctld.log slurmd.log vniah-*.log
    exit 1
fi
wait_all
ls "the set.parts"
if [ -e "the set.parts/1/shard.json" ]; then echo "task 1 was not caught before its end"; exit 1; fi
if [ -e "the set/manifest.json" ]; then echo "a merge ran though a task had failed"; exit 1; fi
echo "killed task 1 after $(ls "the set.parts/1/.vniah/"*.done | wc -l) of its $(($(ls single/videos | wc -l) / 4)) videos"

sbatch job.sh
wait_all
cat vniah-*.log
diff -r single "the set"
(cd "the set" && find . -type f | sort | xargs -d '\n' sha256sum | sha256sum)
echo "the merged dataset is the one of a single run"
