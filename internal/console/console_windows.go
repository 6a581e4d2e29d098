package console

import (
	"os"

	"golang.org/x/sys/windows"
)

// attachParentProcess is ATTACH_PARENT_PROCESS, (DWORD)-1.
const attachParentProcess = ^uintptr(0) & 0xffffffff

// protectFromClose is HANDLE_FLAG_PROTECT_FROM_CLOSE.
const protectFromClose = 0x2

// stream is one standard stream: its slot in the process and the variable of package os.
type stream struct {
	slot   uint32
	device string
	file   **os.File
}

func attach() bool {
	streams := []stream{
		{windows.STD_INPUT_HANDLE, "CONIN$", &os.Stdin},
		{windows.STD_OUTPUT_HANDLE, "CONOUT$", &os.Stdout},
		{windows.STD_ERROR_HANDLE, "CONOUT$", &os.Stderr},
	}
	// Looked at before attaching: AttachConsole fills empty slots by itself, and package os does not learn of it.
	var lost []stream
	for _, s := range streams {
		if !s.redirected() {
			lost = append(lost, s)
		}
	}
	if len(lost) > 0 && attachConsole() == nil {
		for _, s := range lost {
			s.reopen()
		}
	}
	return writable(os.Stdout) || writable(os.Stderr)
}

// redirected reports whether the stream is a file, a pipe or a device that is no console, such as NUL.
func (s stream) redirected() bool {
	handle, err := windows.GetStdHandle(s.slot)
	if err != nil || handle == 0 || handle == windows.InvalidHandle {
		return false
	}
	kind, err := windows.GetFileType(handle)
	switch {
	case err != nil:
		return false
	case kind == windows.FILE_TYPE_DISK, kind == windows.FILE_TYPE_PIPE:
		return true
	case kind == windows.FILE_TYPE_CHAR:
		return s.works(handle)
	}
	return false
}

// works reports whether handle, a character device, is no console and still does its work. NUL is like that; a console handle
// that was inherited from the parent is dead before the process is attached. Nothing is read or written.
func (s stream) works(handle windows.Handle) bool {
	var mode, none uint32
	if windows.GetConsoleMode(handle, &mode) == nil {
		return false
	}
	if s.slot == windows.STD_INPUT_HANDLE {
		return windows.ReadFile(handle, nil, &none, nil) == nil
	}
	return windows.WriteFile(handle, nil, &none, nil) == nil
}

// reopen points the stream at the console. If that fails the stream stays what it was.
func (s stream) reopen() {
	name, err := windows.UTF16PtrFromString(s.device)
	if err != nil {
		return
	}
	handle, err := windows.CreateFile(name, windows.GENERIC_READ|windows.GENERIC_WRITE,
		windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE, nil, windows.OPEN_EXISTING, 0, 0)
	if err != nil {
		return
	}
	// The replaced *os.File closes its handle when it is collected. Streams may share a handle, and a second close would hit
	// whatever has got its number by then.
	if old, err := windows.GetStdHandle(s.slot); err == nil && old != 0 {
		_ = windows.SetHandleInformation(old, protectFromClose, protectFromClose)
	}
	// The slot serves the runtime, which prints the trace of a crash there.
	if err := windows.SetStdHandle(s.slot, handle); err != nil {
		_ = windows.CloseHandle(handle)
		return
	}
	*s.file = os.NewFile(uintptr(handle), s.device)
}

// attachConsole joins the console of the parent process. A program that already has one gets an error, and needs no help.
func attachConsole() error {
	proc := windows.NewLazySystemDLL("kernel32.dll").NewProc("AttachConsole")
	if ok, _, err := proc.Call(attachParentProcess); ok == 0 {
		return err
	}
	return nil
}

// writable reports whether file has a device behind it.
func writable(file *os.File) bool {
	kind, err := windows.GetFileType(windows.Handle(file.Fd()))
	return err == nil && kind != windows.FILE_TYPE_UNKNOWN
}
