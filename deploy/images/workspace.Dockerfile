ARG BASE
FROM ${BASE}
ARG PACKAGES
RUN dpkg-query --show ${PACKAGES} >/dev/null 2>&1 \
 || { apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends ${PACKAGES} \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/* /usr/share/doc/* /usr/share/man/* /usr/share/locale/*; }
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
 && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx \
 && useradd --uid 1000 --user-group --home-dir /workspace --no-create-home --shell /bin/bash thalassa \
 && install -d -o 1000 -g 1000 /workspace
USER 1000:1000
WORKDIR /workspace
CMD ["sleep", "infinity"]
