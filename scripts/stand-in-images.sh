#!/bin/sh
# Makes stand-ins for the official base images from Debian's packages, for a machine that reaches no image registry.
# Tests alone use them. They carry the official names, so the Dockerfiles need not know. As root, with podman and
# debootstrap; podman is told where to keep things by CONTAINERS_CONF and CONTAINERS_STORAGE_CONF.
set -eu

# The mirror that this machine itself uses.
mirror=$(sed -n -E 's/^URIs: +//p; s/^deb +([^[ ][^ ]*) .*/\1/p' \
    /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2> /dev/null | grep -v security | head -n 1)
security=${mirror%/debian}/debian-security
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

debian() { # SUITE: docker.io/library/debian:SUITE-slim
    image=docker.io/library/debian:$1-slim
    podman image exists "$image" && return
    echo "Debian $1"
    root=$work/$1
    debootstrap --variant=minbase --include=ca-certificates "$1" "$root" "$mirror" > "$work/log" 2>&1 || {
        tail -n 5 "$work/log"
        exit 1
    }
    # As slim as the official one: no documents, no lists, no cache.
    rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/var/log/*.log \
        "$root"/usr/share/doc/* "$root"/usr/share/man/* "$root"/usr/share/locale/* "$root"/usr/share/info/*
    printf 'path-exclude /usr/share/%s/*\n' doc man locale > "$root/etc/dpkg/dpkg.cfg.d/slim"
    printf 'Dir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\nAcquire::Languages "none";\n' \
        > "$root/etc/apt/apt.conf.d/docker-clean"
    printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d" # packages start no services
    chmod +x "$root/usr/sbin/policy-rc.d"
    printf 'deb %s %s main\n' "$mirror" "$1" "$mirror" "$1-updates" "$security" "$1-security" \
        > "$root/etc/apt/sources.list"
    # Authorities that this machine knows besides the usual ones, so that pip works in builds as it does outside.
    cp /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/" 2> /dev/null || true
    chroot "$root" update-ca-certificates > /dev/null 2>&1
    tar -C "$root" --numeric-owner -c . | podman import -q \
        -c 'CMD ["bash"]' -c 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' - "$image" > /dev/null
    rm -rf "$root"
}

python() { # VERSION SUITE: docker.io/library/python:VERSION-slim-SUITE
    debian "$2"
    image=docker.io/library/python:$1-slim-$2
    podman image exists "$image" && return
    echo "Python $1"
    podman build -q -t "$image" - > /dev/null << END
FROM docker.io/library/debian:$2-slim
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-venv python3-pip \
 && rm -rf /var/lib/apt/lists/* /usr/lib/python3*/EXTERNALLY-MANAGED \
 && ln -s /usr/bin/python3 /usr/local/bin/python && ln -s /usr/bin/python3 /usr/local/bin/python3 \
 && ln -s /usr/bin/pip3 /usr/local/bin/pip
ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
CMD ["python3"]
END
}

eyes() { # what watches, in the versions and under the names that Compose asks for, each with the door of the official one
    wanted=$(sed -n -E 's/^ +image: \$\{(PROMETHEUS|ALERTMANAGER)_IMAGE:-([^}@]*)(@[^}]*)?\}/\2/p' \
        "$(dirname "$0")/../deploy/compose.production.yaml")
    base=localhost/stand-in-eyes:with-wget # by its name it is seen that one of before is missing something
    for image in $base $wanted; do podman image exists "$image" || missing=yes; done
    [ -n "${missing:-}" ] || return 0
    echo "What watches"
    podman build -q -t $base - > /dev/null << END
FROM docker.io/library/debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends prometheus prometheus-alertmanager wget \
 && rm -rf /var/lib/apt/lists/* && install -d -o 65534 -g 65534 /prometheus /alertmanager
END
    for image in $wanted; do
        program=${image##*/} program=${program%:*}
        at=/bin/$program # where the official image has it
        is=prometheus    # what it is in Debian
        [ "$program" = prometheus ] || is=prometheus-$program
        podman build -q -t "$image" - > /dev/null << END
FROM $base
RUN [ -e $at ] || ln -s /usr/bin/$is $at
USER 65534:65534
ENTRYPOINT ["$at"]
END
    done
}

debian bookworm
python 3.13 trixie
eyes
